"""The shape of the package: light to import, heavy libraries in one place each, data flowing one way."""

import ast
import subprocess
import sys

from conftest import ROOT

PACKAGE = ROOT / "src" / "cydqa"
# Each part may import itself and what stands above it.
ORDER = [
    {"types", "errors", "settings", "cores"},
    {"documents"},
    {"library"},
    {"sentences", "words"},
    {"abbreviations"},
    {"chunking"},
    {"conversation"},
    {"embedding"},
    {"index"},
    {"weights", "answer_types"},
    {"question"},
    {"retrieval"},
    {"disagreement"},
    {"quoting"},
    {"confidence"},
    {"answering", "explaining"},
    {"assistant"},
    {"evaluation"},
    {"access", "jobs", "markers", "references", "saved"},
    {"ui", "printing", "reporting"},
    {"cli"},
]
LEVEL = {part: level for level, parts in enumerate(ORDER) for part in parts}
HEAVY = {
    "torch": {"embedding/sentence_transformer.py", "embedding/exporting.py"},
    "sentence_transformers": {"embedding/sentence_transformer.py"},
    "onnxruntime": {"embedding/onnx_encoder.py"},
    "faiss": {"index/exact.py", "index/approximate.py"},
    "huggingface_hub": {"embedding/model_files.py"},
    "httpx": {"library/fetching.py"},
    "trafilatura": {"documents/web/boilerplate.py"},
    "lxml": {"documents/archive.py", "documents/web/", "documents/office/"},
    "pypdfium2": {"documents/pdf/"},
    "PIL": {"documents/pdf/"},
    "charset_normalizer": {"documents/decoding.py"},
    "py3langid": {"documents/language.py"},
}


def imports():
    """(file, imported module, whether it is imported when the file is) for every import of the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for parent in ast.walk(tree):
            typing_only = isinstance(parent, ast.If) and "TYPE_CHECKING" in ast.dump(parent.test)
            for node in ast.iter_child_nodes(parent):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                for name in names:
                    if not typing_only:
                        yield path.relative_to(PACKAGE).as_posix(), name, parent is tree


def part_of(module):
    return module.split(".")[1] if module.count(".") else ""


def test_data_flows_one_way():
    for file, module, _ in imports():
        part = file.split("/")[0].removesuffix(".py")
        imported = part_of(module) if module.startswith("cydqa") else ""
        if part.startswith("__") or not imported or imported == part:
            continue
        assert LEVEL[imported] <= LEVEL[part], f"{file} imports {module}, which is downstream of it"


def test_every_module_has_its_place():
    assert {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("__", "py.typed"))} == LEVEL.keys()


def test_heavy_libraries_enter_late_and_in_one_place():
    for file, module, at_import in imports():
        library = module.split(".")[0]
        if library in HEAVY:
            assert file.startswith(tuple(HEAVY[library])), f"{file} must not import {library}"
            assert not at_import, f"{file} imports {library} before it is needed"
        if library == "streamlit":
            assert file.startswith("ui/")


def test_importing_cydqa_stays_light():
    heavy = "{'torch', 'faiss', 'streamlit', 'sentence_transformers', 'numpy', 'pydantic'}"
    code = f"import sys, cydqa; loaded = {heavy} & set(sys.modules); assert not loaded, loaded"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_front_door_is_what_it_says():
    import cydqa

    assert cydqa.__all__ == sorted(cydqa.__all__)
    for name in cydqa.__all__:
        assert getattr(cydqa, name).__name__ == name

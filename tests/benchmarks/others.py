"""The shortest way to index passages and find the nearest five with other systems, as their manuals show it.

python tests/benchmarks/others.py SYSTEM STEP ..., as `steps.py` says

They need not be installed where cydqa is, and nothing of cydqa where they are.
"""

import os
import sys
from pathlib import Path

from steps import MODEL, Ask, K, take_step

os.environ |= {"ANONYMIZED_TELEMETRY": "False", "HAYSTACK_TELEMETRY_ENABLED": "False"}


class TxtAI:
    """Words and vectors, which it calls hybrid."""

    def build(self, passages: list[str], index: Path) -> None:
        from txtai import Embeddings

        embeddings = Embeddings(path=MODEL, content=True, hybrid=True)
        embeddings.index(passages)
        embeddings.save(str(index))

    def open(self, index: Path) -> Ask:
        from txtai import Embeddings

        embeddings = Embeddings()
        embeddings.load(str(index))
        return lambda question: [found["text"] for found in embeddings.search(question, K)]


class Haystack:
    """Its store in memory, saved as JSON."""

    def build(self, passages: list[str], index: Path) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        embedder = SentenceTransformersDocumentEmbedder(model=MODEL, progress_bar=False)
        embedder.warm_up()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(embedder.run([Document(content=text) for text in passages])["documents"])
        store.save_to_disk(str(index / "store.json"))

    def open(self, index: Path) -> Ask:
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

        retriever = InMemoryEmbeddingRetriever(InMemoryDocumentStore.load_from_disk(str(index / "store.json")), top_k=K)
        embedder = SentenceTransformersTextEmbedder(model=MODEL, progress_bar=False)
        embedder.warm_up()
        return lambda question: [
            document.content for document in retriever.run(embedder.run(question)["embedding"])["documents"]
        ]


class LlamaIndex:
    """Its own vector store."""

    def build(self, passages: list[str], index: Path) -> None:
        from llama_index.core import VectorStoreIndex
        from llama_index.core.schema import TextNode

        nodes = [TextNode(text=text) for text in passages]
        VectorStoreIndex(nodes, embed_model=self._model()).storage_context.persist(str(index))

    def open(self, index: Path) -> Ask:
        from llama_index.core import StorageContext, load_index_from_storage

        stored = StorageContext.from_defaults(persist_dir=str(index))
        retriever = load_index_from_storage(stored, embed_model=self._model()).as_retriever(similarity_top_k=K)
        return lambda question: [found.node.get_content() for found in retriever.retrieve(question)]

    def _model(self):
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(model_name=MODEL, device="cpu")


class LangChain:
    """Its FAISS store."""

    def build(self, passages: list[str], index: Path) -> None:
        from langchain_community.vectorstores import FAISS

        FAISS.from_texts(passages, self._model()).save_local(str(index))

    def open(self, index: Path) -> Ask:
        from langchain_community.vectorstores import FAISS

        store = FAISS.load_local(str(index), self._model(), allow_dangerous_deserialization=True)
        return lambda question: [document.page_content for document in store.similarity_search(question, k=K)]

    def _model(self):
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(model_name=MODEL, encode_kwargs={"normalize_embeddings": True})


class Chroma:
    """Its client that keeps a collection in a folder."""

    def build(self, passages: list[str], index: Path) -> None:
        self._collection(index).add(ids=[str(row) for row in range(len(passages))], documents=passages)

    def open(self, index: Path) -> Ask:
        collection = self._collection(index)
        return lambda question: collection.query(query_texts=[question], n_results=K)["documents"][0]

    def _collection(self, index: Path):
        from chromadb import PersistentClient
        from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

        function = SentenceTransformerEmbeddingFunction(model_name=MODEL, normalize_embeddings=True)
        return PersistentClient(index).get_or_create_collection("passages", embedding_function=function)


SYSTEMS = {"txtai": TxtAI, "Haystack": Haystack, "LlamaIndex": LlamaIndex, "LangChain": LangChain, "Chroma": Chroma}


if __name__ == "__main__":
    system = SYSTEMS[sys.argv[1]]()
    take_step(system.build, system.open, *sys.argv[2:])

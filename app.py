"""The browser's entry: `streamlit run app.py`."""

from cydqa.ui import run

run()

"""What is kept of conversations: in one SQLite file, each person's apart, and written out for other programs."""

from cydqa.saved.markdown import conversation_markdown
from cydqa.saved.store import ConversationStore
from cydqa.saved.texts import title_of
from cydqa.saved.turns import Conversation, Turn

__all__ = ["Conversation", "ConversationStore", "Turn", "conversation_markdown", "title_of"]

"""What one sees while a run goes on: a live display on a terminal, plain lines elsewhere.

Knows results and nothing of how they come about; whoever runs tells it of the plan, and of each item's beginning and
end.
"""

from harness.progress.display import Display, LinesDisplay, LiveDisplay, choose_display
from harness.progress.state import Group, Progress

__all__ = [
    "Display",
    "Group",
    "LinesDisplay",
    "LiveDisplay",
    "Progress",
    "choose_display",
]

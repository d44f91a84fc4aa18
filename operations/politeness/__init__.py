"""Whether a crawl kept to the rules: its requests, as a server saw them, judged against what that server had said.

`judge.py` has the rules about a host's time, `robots.py` those of robots.txt as the crawler had read it. All pure.
"""

from operations.politeness.judge import Breach, Promise, breaches
from operations.politeness.seen import Seen

__all__ = ["Breach", "Promise", "Seen", "breaches"]

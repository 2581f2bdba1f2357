"""schemdraw without matplotlib, which it loads wherever there is one: half a second, more on a Pi, for pictures that are SVG."""

import sys

_UNUSED = "schemdraw.backends.mpl"

# None in sys.modules is how Python is told that a module cannot be imported; schemdraw then draws by itself.
_hidden = sys.modules.setdefault(_UNUSED, None)  # type: ignore[arg-type]
import schemdraw  # noqa: E402
from schemdraw import elements, segments  # noqa: E402

if _hidden is None:
    del sys.modules[_UNUSED]

__all__ = ["elements", "schemdraw", "segments"]

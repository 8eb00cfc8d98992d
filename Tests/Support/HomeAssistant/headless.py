"""Runs Home Assistant with only the integrations in its configuration: no page, no recorder, no cloud.

Takes the arguments of Home Assistant's own command, `hass`.
"""

import sys

from homeassistant import bootstrap
from homeassistant.__main__ import main

# Otherwise it would set up its page, and go into recovery mode without it.
bootstrap.DEFAULT_INTEGRATIONS = set()
bootstrap.CRITICAL_INTEGRATIONS = set()

sys.exit(main())

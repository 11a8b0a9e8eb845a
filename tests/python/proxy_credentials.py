"""Sets proxy credentials in code: the proxy is TEST_PROXY, its credentials are TEST_PROXY_CREDENTIALS."""

import os

import libvanta

credentials = os.environ["TEST_PROXY_CREDENTIALS"]
config = libvanta.Config(
    environment=True, proxy=os.environ["TEST_PROXY"], proxy_credentials=credentials
)
assert credentials not in repr(config)
try:
    libvanta.Client(config).token()
except libvanta.VantaError as error:
    assert error.stage == "proxy"
    print(error)

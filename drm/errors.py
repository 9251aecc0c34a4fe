"""Everything the drm package refuses.

DrmError
├── LicenceError
│   ├── LicenceMalformedError   not a licence
│   ├── LicenceVersionError     a licence of a format this program does not know
│   ├── LicenceTamperedError    not signed by the server this device is signed in to
│   ├── LicenceForeignError     made for another device
│   └── LicenceExpiredError     its time is over
├── NotLicensedError            no licence names the track or rendition
├── ManifestTamperedError       the manifest is not the one the licence names
└── KeyStoreError
    ├── KeyStoreUnavailableError  it does not answer
    ├── KeyStoreLockedError       it needs a passphrase
    └── KeyStoreDamagedError      what it holds cannot be opened
"""


class DrmError(Exception):
    """Base of everything this package refuses."""


class LicenceError(DrmError):
    """A licence that must not be used."""


class LicenceMalformedError(LicenceError):
    """The bytes are not a licence, or a signed one whose content makes no sense."""


class LicenceVersionError(LicenceError):
    """A licence of a format that this program does not know; a newer one may."""


class LicenceTamperedError(LicenceError):
    """The signature is not the issuer's over these bytes."""


class LicenceForeignError(LicenceError):
    """The licence was made for another device."""


class LicenceExpiredError(LicenceError):
    """The licence's time is over."""


class NotLicensedError(DrmError):
    """No licence names this track or rendition."""


class ManifestTamperedError(DrmError):
    """The manifest is not the one that the licence names."""


class KeyStoreError(DrmError):
    """Secrets cannot be kept or had back."""


class KeyStoreUnavailableError(KeyStoreError):
    """The store does not answer, or not in time."""


class KeyStoreLockedError(KeyStoreError):
    """The store needs a passphrase that was not given."""


class KeyStoreDamagedError(KeyStoreError):
    """What the store holds cannot be opened: damaged, from another machine, another passphrase."""

"""The workflows a tenant can start: credentials, capabilities, channels, usual duration."""

from dataclasses import dataclass

from jumio_simulator.world.options import Options

PARTS = {
    "ID": ("FRONT", "BACK"),
    "SELFIE": ("FACE",),
    "FACEMAP": ("FACEMAP",),
    "DOCUMENT": ("DOCUMENT",),
    "DATA": ("PREPARED_DATA",),
}
CHANNELS = {
    "ID": ("WEB", "API", "SDK"),
    "SELFIE": ("WEB", "API", "SDK"),
    "FACEMAP": ("WEB", "SDK"),
    "DOCUMENT": ("WEB", "API", "SDK"),
    "DATA": ("API",),
}
LIVE = ("WEB", "SDK")
ID_CHECKS = ("usability", "imageChecks", "extraction", "dataChecks")
IDENTITY_CHECKS = ("usability", "liveness", "similarity", "imageChecks", "extraction", "dataChecks")
IDENTITY = ("ID", "FACEMAP", "SELFIE")


@dataclass(frozen=True)
class Workflow:
    """`processing_seconds` runs from the end of the acquisition to the result.

    `on_file` are credentials of an earlier execution of the account, `supplied` those that the
    caller uploads although the person captures one of the same category.
    """

    key: str
    credentials: tuple[str, ...]
    capabilities: tuple[str, ...]
    channels: tuple[str, ...] = ("WEB", "API", "SDK")
    required_data: tuple[str, ...] = ()
    needs_user_reference: bool = False
    update_only: bool = False
    processing_seconds: float = 6.0
    on_file: tuple[str, ...] = ()
    supplied: tuple[str, ...] = ()

    @property
    def authenticates(self) -> bool:
        """Whether a face is compared with one that Jumio has on file."""
        return "authentication" in self.capabilities and "FACEMAP" not in self.supplied

    @property
    def data_only(self) -> bool:
        return set(self.credentials) == {"DATA"}

    @property
    def biometric(self) -> bool:
        return bool({"SELFIE", "FACEMAP"} & set(self.credentials))


def _data(key: str, capability: str, *required: str, seconds: float = 2.7) -> Workflow:
    return Workflow(
        key,
        ("DATA",),
        (capability,),
        channels=("API",),
        required_data=required,
        processing_seconds=seconds,
    )


def _capture(key: str) -> Workflow:
    return Workflow(key, ("ID",), ("usability", "extraction"))


def _similarity(key: str) -> Workflow:
    return Workflow(
        key,
        ("SELFIE",),
        ("usability", "similarity"),
        channels=("API",),
        update_only=True,
        on_file=("ID",),
    )


def _liveness(key: str) -> Workflow:
    return Workflow(key, ("SELFIE", "FACEMAP"), ("usability", "liveness"), channels=LIVE)


def _authentication(key: str, *, on_premises: bool = False) -> Workflow:
    """Of a face on file at Jumio, or of a facemap that the customer kept and uploads."""
    return Workflow(
        key,
        ("SELFIE", "FACEMAP"),
        ("usability", "liveness", "authentication"),
        channels=LIVE,
        update_only=True,
        supplied=("FACEMAP",) if on_premises else (),
    )


_SCREENING = Workflow(
    "10010",
    ("DATA",),
    ("watchlistScreening",),
    channels=("API",),
    required_data=("firstName", "lastName"),
    needs_user_reference=True,
    processing_seconds=1.3,
)

_LICENSE_DATA = (
    *("firstName", "lastName", "dateOfBirth", "address.line1", "address.city"),
    *("address.postalCode", "address.subdivision", "address.country", "id.idNumber", "id.type"),
)
_BRAZIL = (*IDENTITY_CHECKS, "braCpfValidation", "biometricVerification")

CATALOGUE = {
    workflow.key: workflow
    for workflow in (
        _capture("1"),
        Workflow("2", ("ID",), ID_CHECKS),
        Workflow("3", IDENTITY, IDENTITY_CHECKS),
        _similarity("5"),
        _liveness("6"),
        _authentication("9"),
        _authentication("16", on_premises=True),
        Workflow("20", ("ID", "SELFIE"), ("usability", "similarity"), channels=("API",)),
        Workflow(
            "32", IDENTITY, (*IDENTITY_CHECKS, "watchlistScreening"), needs_user_reference=True
        ),
        _data("10005", "braCpfValidation", "id.idNumber", "address.country"),
        Workflow(
            "10006", ("DATA", "SELFIE"), ("usability", "biometricVerification"), channels=("API",)
        ),
        _data("10008", "drivingLicenseVerification", *_LICENSE_DATA),
        _SCREENING,
        Workflow("10011", IDENTITY, IDENTITY_CHECKS),
        Workflow(
            "10013",
            IDENTITY,
            (
                *IDENTITY_CHECKS,
                "watchlistScreening",
                "proofOfResidency",
                "addressValidation",
                "drivingLicenseVerification",
            ),
            processing_seconds=13.0,
        ),
        _authentication("10014"),
        Workflow("10015", ("ID",), ID_CHECKS),
        _liveness("10016"),
        Workflow("10021", ("DATA", *IDENTITY), _BRAZIL),
        _similarity("10025"),
        Workflow("10026", ("DOCUMENT",), ("usability", "extraction")),
        _capture("10031"),
        Workflow("10054", ("DATA", *IDENTITY), _BRAZIL),
        _data("10065", "phoneVerification", "phoneNumber"),
        _data("10066", "emailVerification", "email"),
        _authentication("10071", on_premises=True),
        _data("10118", "geoIpVerification", "ipAddress"),
        Workflow("10120", ("DATA", *IDENTITY), (*IDENTITY_CHECKS, "geoIpVerification")),
        Workflow("10148", IDENTITY, IDENTITY_CHECKS),
        Workflow("10163", ("DATA", *IDENTITY), IDENTITY_CHECKS),
        Workflow("10164", IDENTITY, IDENTITY_CHECKS),
        Workflow("10166", IDENTITY, IDENTITY_CHECKS),
        Workflow("10170", ("DATA", "DOCUMENT"), ()),
        Workflow("10172", ("ID",), ("usability", "extraction")),
    )
}


def find_workflow(key: str, options: Options) -> Workflow | None:
    """The workflow the tenant has under this key, its own definition first."""
    custom = options.workflows.get(key)
    if custom is None:
        return CATALOGUE.get(key)
    return Workflow(
        key,
        tuple(custom.credentials),
        tuple(custom.capabilities),
        channels=tuple(custom.channels),
        required_data=tuple(custom.required_data),
        needs_user_reference=custom.needs_user_reference,
        update_only=custom.update_only,
        processing_seconds=custom.processing_seconds,
    )

"""A stand-in for the mobile SDK: what an app's SDK does with a token, from the command line.

Prints what the SDK's wrappers hand to the app: on success `accountId`, `workflowId` (their name
for the workflow execution) and `credentials`; otherwise `errorCode` and `errorMessage`.
"""

import argparse
import json
from collections.abc import Sequence

import requests

# What ends a journey without Jumio's help, with the letter family the SDK reports for it.
LOCAL_ENDS = {
    "cancel": ("G00000", "Cancelled by end-user"),
    "network": ("A10900", "We have encountered a network communication problem"),
    "offline": ("E00000", "No Internet connection available"),
    "camera": ("H00000", "The camera is currently not available"),
    "outdated": ("I00000", "Certificate not valid anymore. Please update your application"),
    "resources": ("F00000", "Scanning is not available at this time"),
    "images": ("N00000", "Required images are missing"),
}
BEFORE_START = frozenset({"offline", "outdated", "resources"})


def main(argv: Sequence[str] | None = None, prog: str = "jumio-simulator-sdk") -> int:
    """Run one SDK session; 0 when the journey was finished, 1 when the SDK reports an error."""
    parser = argparse.ArgumentParser(prog=prog, description="Behave as the mobile SDK would.")
    parser.add_argument("token", help="the sdk.token of a session")
    parser.add_argument("--data-center", default="US", help="US (as in the SDK), EU or SG")
    parser.add_argument("--url", required=True, help="where the simulator answers")
    parser.add_argument(
        "--do",
        choices=["finish", "timeout", *LOCAL_ENDS],
        default="finish",
        help="how the session ends",
    )
    parser.add_argument("--scenario", default="approved", help="how Jumio decides (with finish)")
    chosen = parser.parse_args(argv)
    if chosen.data_center not in {"US", "EU", "SG"}:
        return _report({"errorCode": "", "errorMessage": "Invalid Datacenter value."})
    try:
        return _run(chosen)
    except requests.RequestException:
        return _report({"errorCode": "A10000", "errorMessage": LOCAL_ENDS["network"][1]})


def _run(chosen: argparse.Namespace) -> int:
    if chosen.do in BEFORE_START:
        return _report_end(chosen.do)
    answer = _call(chosen, "start")
    if "errorCode" in answer:
        return _report(answer)
    if chosen.do in LOCAL_ENDS:
        return _report_end(chosen.do)
    action = {"finish": "finish", "timeout": "time_out"}[chosen.do]
    return _report(_call(chosen, action))


def _call(chosen: argparse.Namespace, action: str) -> dict[str, object]:
    body = {
        "token": chosen.token,
        "dataCenter": chosen.data_center,
        "action": action,
        "scenario": chosen.scenario,
    }
    address = f"{chosen.url.rstrip('/')}/_simulator/sdk"
    with requests.Session() as session:
        session.trust_env = False
        response = session.post(address, json=body, timeout=30)
    answer: dict[str, object] = response.json()
    if response.status_code not in {200, 422}:
        return {"errorCode": "B10000", "errorMessage": str(answer.get("detail"))}
    return answer


def _report_end(name: str) -> int:
    code, message = LOCAL_ENDS[name]
    return _report({"errorCode": code, "errorMessage": message})


def _report(result: dict[str, object]) -> int:
    print(json.dumps(result, indent=2))
    return 1 if "errorCode" in result else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The embedded stack: the deployed template, an AWS and a Jumio, all on this machine."""

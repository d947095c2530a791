"""Seal what a signer typed, encrypt files that wait, and keep the keys for both."""

"""Stored answers run again: what would another policy, revision or verifier have decided on them?"""

"""The exercises of Part III."""

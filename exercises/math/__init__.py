"""The exercises of Part I."""

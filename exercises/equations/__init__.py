"""The exercises of Part II."""

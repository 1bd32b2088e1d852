"""What the resources look like on the wire, one file per context."""

"""What two or more domains need and what names no domain noun. Its inner order is a contract: see ARCHITECTURE.md."""

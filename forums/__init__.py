"""Topics and answers that stay. Its place in the house; its tables come with its issue."""

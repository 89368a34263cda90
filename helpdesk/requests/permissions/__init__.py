"""Who may do what with a request, by how it is helped."""

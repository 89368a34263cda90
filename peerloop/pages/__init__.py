"""Pages that compose several domains: home, dashboards, profiles, search. Imported by nobody."""

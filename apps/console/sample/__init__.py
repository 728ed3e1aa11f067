"""An invented business to try Berrydesk with: Nordlicht Outdoor and its agent Lumi."""

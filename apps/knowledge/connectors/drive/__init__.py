"""Google Drive: folders of My Drive, of shared drives, and what was shared, read through Drive v3."""

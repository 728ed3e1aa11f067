"""A website: one page, a sitemap's pages, or everything that links lead to within the site."""

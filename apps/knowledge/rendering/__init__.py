"""Pages whose text their own scripts write, read with the Chromium of the machine where there is one."""

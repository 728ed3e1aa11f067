/** Behaviours htmx lacks, each bound by a data attribute. */

import "./copy.js";
import "./menu.js";
import "./palette.js";
import "./toast.js";

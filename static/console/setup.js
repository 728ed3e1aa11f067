/** The set-up: the live preview, the look's form, and files dropped on the box. */

import "./address.js";
import "./drop.js";
import "./look.js";
import "./preview.js";

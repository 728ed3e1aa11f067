#!/bin/sh
# What pip cannot bring: a browser, Redis, text recognition, and a model server's wire formats. Installed where we may, else named.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v tesseract >/dev/null 2>&1 || missing="$missing tesseract-ocr"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
if [ -n "$missing" ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  if ! { $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1; then
    echo "The tests need:$missing. Install them with this command, then run make test again:"
    echo "  sudo apt-get update && sudo apt-get install -y$missing"
    exit 1
  fi
fi
if [ -f tests/peers/package.json ]; then
  npm install --silent --no-save --no-package-lock --no-fund --no-audit --prefix .venv/node-peers @copilotkit/aimock@1.43.0 >/dev/null 2>&1 \
    || { echo "npm could not install @copilotkit/aimock, the tests' model server. Check npm, then run make test again."; exit 1; }
fi

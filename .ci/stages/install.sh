source "$(dirname "$0")/../common.sh"

npm ci --no-audit --no-fund && ! grep -n '"resolved"' package-lock.json

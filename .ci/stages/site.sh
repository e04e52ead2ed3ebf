# The documentation as a site: it is built, every formula and link in it; and no page scrolls sideways in Chromium.
source "$(dirname "$0")/../common.sh"

apt-get install -y -q --no-install-recommends chromium > /dev/null || echo "there is no Chromium"
npm run docs && node scripts/look-at-site.mjs

# Runs a compiler and appends a line to the file $NONCONVEX_TIMES: its processor seconds and the file it wrote (scripts/compile-times.mjs).
TIMEFORMAT='%U %S'
written= before=
for argument; do
  [ "$before" = -o ] && written=$argument
  before=$argument
done
exec 3>&1 4>&2
seconds=$({ time "$@" >&3 2>&4; } 2>&1)
status=$?
echo "$seconds $written" >> "$NONCONVEX_TIMES"
exit $status

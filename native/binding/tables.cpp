#include "binding/tables.hpp"

#include <cmath>

#include "core/communicator.hpp"

namespace nonconvex {

constinit const decltype(certificateRows) certificateRows = outRows<Certificate>;

double numberAt(ValueKind kind, const void* value) {
  switch (kind) {
    case ValueKind::boolean:
      return *static_cast<const bool*>(value) ? 1 : 0;
    case ValueKind::longInteger:
      return static_cast<double>(*static_cast<const std::int64_t*>(value));
    case ValueKind::unsignedInteger:
      return static_cast<double>(*static_cast<const std::uint64_t*>(value));
    case ValueKind::number:
      return *static_cast<const double*>(value);
    case ValueKind::quantity:
      return *static_cast<const Quantity*>(value);
    default:
      return *static_cast<const int*>(value);
  }
}

const void* OutRow::valueIn(const void* from) const {
  const void* const member = static_cast<const std::byte*>(from) + offset;
  if (content != nullptr) return content(member);
  if (!optional) return member;
  const bool missing = isNumber(kind)                ? std::isnan(numberAt(kind, member))
                       : kind == ValueKind::text     ? valueAt<std::string>(member).empty()
                       : kind == ValueKind::textView ? valueAt<std::string_view>(member).empty()
                                                     : false;
  return missing ? nullptr : member;
}

std::uint64_t fingerprintOf(std::span<const SettingRow> table, const void* settings) {
  std::uint64_t hash = fingerprint(std::string_view());
  for (const SettingRow& row : table) {
    const std::string_view name = row.name;
    if (name == "timeLimit" || name == "threads") continue;
    const double value = numberAt(row.kind, static_cast<const std::byte*>(settings) + row.offset);
    hash = fingerprint({&value, 1}, hash);
  }
  return hash;
}

}  // namespace nonconvex

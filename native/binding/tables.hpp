// Tables of constant data that the fields() of a struct make: one row a member. The code that reads settings and writes
// results goes through such tables, so that it is compiled once and not for each struct.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/certificate.hpp"
#include "core/fields.hpp"
#include "core/inputs.hpp"
#include "core/status.hpp"
#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// The type of a member, as far as JavaScript tells types apart.
enum class ValueKind : std::uint8_t {
  boolean,
  integer,          ///< int
  longInteger,      ///< std::int64_t
  unsignedInteger,  ///< std::uint64_t
  number,           ///< double
  quantity,         ///< Quantity
  choice,           ///< an enumeration of ints that has names
  text,             ///< std::string
  textView,         ///< std::string_view
  numbers,          ///< doubles, one behind the other
  integers,         ///< std::vector<std::int32_t>
  matrix,           ///< HostMatrix<double>
  numbersView,      ///< std::span<const double>, of copies that belong to the solve, as in the next ones
  integersView,     ///< std::span<const std::int32_t>
  matrixView,       ///< MatrixInput
  anyMatrix,        ///< MatrixInput or SparseView
  members,          ///< a struct that has fields
  list              ///< a vector of such structs
};
constexpr bool isNumber(ValueKind kind) { return kind >= ValueKind::integer && kind <= ValueKind::quantity; }

/// A value that may be missing, and then is not known: std::optional, or a std::shared_ptr that reports share.
template <class T>
concept Optional = requires(const T& value) {
  *value;
  static_cast<bool>(value);
};

template <class T>
struct ContentOf {
  using Type = T;
};
template <Optional T>
struct ContentOf<T> {
  using Type = std::remove_cvref_t<decltype(*std::declval<const T&>())>;
};
/// The type of a value, or of what is in it where that may be missing.
template <class T>
using Content = typename ContentOf<T>::Type;

/// A vector or buffer of doubles.
template <class T>
concept Numbers = requires(const T& value) {
  { value.data() } -> std::convertible_to<const double*>;
  { value.size() } -> std::same_as<std::size_t>;
}
&&!std::is_same_v<T, HostMatrix<double>> && !std::is_same_v<T, std::span<const double>>;

/// A matrix as users have it.
using AnyMatrix = std::variant<MatrixInput, SparseView>;

/// The kind of a type, of what is in it where that may be missing.
/// Longer than most: a list of the types.
template <class T>
constexpr ValueKind kindOf() {
  if constexpr (Optional<T>) {
    return kindOf<Content<T>>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return ValueKind::boolean;
  } else if constexpr (std::is_same_v<T, int>) {
    return ValueKind::integer;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return ValueKind::longInteger;
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return ValueKind::unsignedInteger;
  } else if constexpr (std::is_same_v<T, double>) {
    return ValueKind::number;
  } else if constexpr (std::is_same_v<T, Quantity>) {
    return ValueKind::quantity;
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(std::is_same_v<std::underlying_type_t<T>, int>);
    return ValueKind::choice;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return ValueKind::text;
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return ValueKind::textView;
  } else if constexpr (Numbers<T>) {
    return ValueKind::numbers;
  } else if constexpr (std::is_same_v<T, std::vector<std::int32_t>>) {
    return ValueKind::integers;
  } else if constexpr (std::is_same_v<T, HostMatrix<double>>) {
    return ValueKind::matrix;
  } else if constexpr (std::is_same_v<T, std::span<const double>>) {
    return ValueKind::numbersView;
  } else if constexpr (std::is_same_v<T, std::span<const std::int32_t>>) {
    return ValueKind::integersView;
  } else if constexpr (std::is_same_v<T, MatrixInput>) {
    return ValueKind::matrixView;
  } else if constexpr (std::is_same_v<T, AnyMatrix>) {
    return ValueKind::anyMatrix;
  } else if constexpr (HasFields<T>) {
    return ValueKind::members;
  } else {
    static_assert(HasFields<typename T::value_type>, "a member of this type has no kind");
    return ValueKind::list;
  }
}

/// The names of an enumeration.
template <class E>
inline constexpr auto namesOfEnum = names(E{});

template <class T>
constexpr std::span<const std::string_view> namesOfKind() {
  if constexpr (std::is_enum_v<T>) {
    return namesOfEnum<T>;
  } else {
    return {};
  }
}

/// A member of settings.
struct SettingRow {
  const char* name;
  const char* doc;
  const char* when;
  ValueKind kind;
  std::uint32_t offset;
  std::span<const std::string_view> names;  ///< names of an enumeration
  Bounds bounds;
};

/// Values of a list, one behind the other.
struct ListView {
  const std::byte* first;
  std::size_t count;
};

/// A member of a result or a report.
struct OutRow {
  const char* name;
  const char* doc;
  std::uint32_t offset;
  ValueKind kind;
  bool optional;                                         ///< left out while it is not known
  std::uint32_t size = 0;                                ///< bytes of each value of a list
  const void* (*content)(const void* member) = nullptr;  ///< finds a value that may be missing; null: it is the member
  ListView (*list)(const void* value) = nullptr;         ///< views numbers and lists
  std::span<const std::string_view> names = {};          ///< names of an enumeration
  std::span<const OutRow> members = {};                  ///< rows of a struct, or of each value of a list
  Column column = {};

  /// The value in a struct; null where it is not known.
  const void* valueIn(const void* from) const;
};

/// The number that a row of a kind with isNumber has at this place.
double numberAt(ValueKind kind, const void* value);

/// A member of a problem.
struct InRow {
  const char* name;
  const char* doc;
  std::uint32_t offset;
  ValueKind kind;
  bool optional;
  Shape shape;
  std::span<const std::string_view> names = {};          ///< names of an enumeration
  std::span<const InRow> members = {};                   ///< rows of a struct, or of each value of a list
  void* (*make)(void* member) = nullptr;                 ///< the value in a std::optional, or another one of a list
  const void* (*content)(const void* member) = nullptr;  ///< finds the value in a std::optional; null: it is the member
  ListView (*list)(const void* value) = nullptr;         ///< views a list
  std::uint32_t size = 0;                                ///< bytes of each value of a list
};

template <class T, std::size_t... I>
constexpr auto settingRowsFrom(std::index_sequence<I...>) {
  constexpr auto fields = T::fields();
  const auto row = [](const auto& field) {
    using Value = typename std::remove_cvref_t<decltype(field)>::Value;
    return SettingRow{field.name.data(),
                      field.doc.data(),
                      field.when.data(),
                      kindOf<Value>(),
                      static_cast<std::uint32_t>(field.offset(static_cast<const T*>(nullptr))),
                      namesOfKind<Value>(),
                      field.bounds};
  };
  return std::array<SettingRow, sizeof...(I)>{row(fields.template get<I>())...};
}

/// The table of settings.
template <HasFields T>
inline constexpr auto settingRows = settingRowsFrom<T>(std::make_index_sequence<decltype(T::fields())::size>{});

template <HasFields T>
constexpr std::span<const OutRow> outRowsOf();

/// A value of a known type.
template <class T>
const T& valueAt(const void* value) {
  return *static_cast<const T*>(value);
}
template <class T>
T& valueAt(void* value) {
  return *static_cast<T*>(value);
}

/// The content of a value that may be missing; null: there is none.
template <class T>
const void* contentOf(const void* member) {
  const T& value = *static_cast<const T*>(member);
  if constexpr (Optional<T>) {
    return value ? &*value : nullptr;
  } else if constexpr (Numbers<T>) {
    return value.size() > 0 ? &value : nullptr;
  } else {
    return value.known() ? &value : nullptr;
  }
}

template <class T>
ListView listOf(const void* value) {
  const T& list = *static_cast<const T*>(value);
  return {reinterpret_cast<const std::byte*>(list.data()), list.size()};
}

/// The row of a member of T.
template <class T, class Field>
constexpr OutRow outRow(const Field& field) {
  using Value = typename Field::Value;
  constexpr ValueKind kind = kindOf<Value>();
  OutRow row{field.name.data(), field.doc.data(),
             static_cast<std::uint32_t>(field.offset(static_cast<const T*>(nullptr))), kind, field.optional};
  row.column = field.column;
  if constexpr (Optional<Value>) {
    row.content = contentOf<Value>;
  } else if constexpr (kind == ValueKind::numbers ||
                       (kind == ValueKind::members && requires(const Value& value) { value.known(); })) {
    if (field.optional) row.content = contentOf<Value>;
  }
  if constexpr (kind == ValueKind::list) {
    using Each = typename Value::value_type;
    row.list = listOf<Value>;
    row.size = sizeof(Each);
    row.members = outRowsOf<Each>();
  } else if constexpr (kind == ValueKind::members) {
    row.members = outRowsOf<Value>();
  } else if constexpr (kind == ValueKind::numbers) {
    row.list = listOf<Content<Value>>;
  } else {
    row.names = namesOfKind<Content<Value>>();
  }
  return row;
}

template <class T, std::size_t... I>
constexpr auto outRowsFrom(std::index_sequence<I...>) {
  constexpr auto fields = T::fields();
  return std::array<OutRow, sizeof...(I)>{outRow<T>(fields.template get<I>())...};
}

/// The table of a result, or of the members that a report has itself.
template <HasFields T>
inline constexpr auto outRows = outRowsFrom<T>(std::make_index_sequence<decltype(T::fields())::size>{});

/// The table of certificates, which every result has: compiled once, in tables.cpp.
extern const std::array<OutRow, decltype(Certificate::fields())::size> certificateRows;

template <HasFields T>
constexpr std::span<const OutRow> outRowsOf() {
  if constexpr (std::is_same_v<T, Certificate>) {
    return certificateRows;
  } else {
    return outRows<T>;
  }
}

template <HasFields T>
constexpr std::span<const InRow> inRowsOf();

/// Whether a kind of value can have a shape.
constexpr bool fits(ShapeKind shape, ValueKind value) {
  switch (shape) {
    case ShapeKind::matrix:
      return value == ValueKind::matrix || value == ValueKind::matrixView || value == ValueKind::anyMatrix;
    case ShapeKind::vector:
      return value == ValueKind::numbers || value == ValueKind::numbersView;
    case ShapeKind::indices:
      return value == ValueKind::integers || value == ValueKind::integersView;
    case ShapeKind::number:
      return value == ValueKind::number || value == ValueKind::integer;
    case ShapeKind::flag:
      return value == ValueKind::boolean;
    case ShapeKind::choice:
      return value == ValueKind::choice;
    case ShapeKind::members:
      return value == ValueKind::members;
    default:
      return value == ValueKind::list;
  }
}

/// The value of a std::optional, which it has from then on, or another value of a list.
template <class T>
void* makeIn(void* member) {
  T& value = *static_cast<T*>(member);
  if constexpr (Optional<T>) {
    return &value.emplace();
  } else {
    return &value.emplace_back();
  }
}

/// The row of a member of T.
template <class T, class Field>
constexpr InRow inRow(const Field& field) {
  using Value = typename Field::Value;
  constexpr ValueKind kind = kindOf<Value>();
  if (!fits(field.shape.kind, kind)) throw "a member of this type has another shape";
  InRow row{field.name.data(),
            field.doc.data(),
            static_cast<std::uint32_t>(field.offset(static_cast<const T*>(nullptr))),
            kind,
            field.optional,
            field.shape};
  if constexpr (Optional<Value>) row.content = contentOf<Value>;
  if constexpr (Optional<Value> || kind == ValueKind::list) row.make = makeIn<Value>;
  if constexpr (kind == ValueKind::list) {
    using Each = typename Value::value_type;
    row.list = listOf<Value>;
    row.size = sizeof(Each);
    row.members = inRowsOf<Each>();
  } else if constexpr (kind == ValueKind::numbers) {
    static_assert(std::is_same_v<Value, std::vector<double>>);
  } else if constexpr (kind == ValueKind::members) {
    row.members = inRowsOf<Content<Value>>();
  } else {
    row.names = namesOfKind<Content<Value>>();
  }
  return row;
}

template <class T, std::size_t... I>
constexpr auto inRowsFrom(std::index_sequence<I...>) {
  constexpr auto fields = T::fields();
  return std::array<InRow, sizeof...(I)>{inRow<T>(fields.template get<I>())...};
}

/// The table of a problem.
template <HasFields T>
inline constexpr auto inRows = inRowsFrom<T>(std::make_index_sequence<decltype(T::fields())::size>{});

template <HasFields T>
constexpr std::span<const InRow> inRowsOf() {
  return inRows<T>;
}

/// A number for settings, which are to be the same on all ranks but for what each is allowed to use.
std::uint64_t fingerprintOf(std::span<const SettingRow> table, const void* settings);
template <HasFields Settings>
std::uint64_t fingerprintOf(const Settings& settings) {
  return fingerprintOf(settingRows<Settings>, &settings);
}

}  // namespace nonconvex

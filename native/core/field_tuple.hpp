// The list of a struct's fields, each of a type of its own. A std::tuple of forty fields costs half a second in every
// file that includes it, as its constructors are compared with each other.
#pragma once

#include <cstddef>
#include <utility>

namespace nonconvex {

/// The field at place I.
template <std::size_t I, class F>
struct PlacedField {
  F field;
};

template <class Places, class... F>
struct PlacedFields;
template <std::size_t... I, class... F>
struct PlacedFields<std::index_sequence<I...>, F...> : PlacedField<I, F>... {
  constexpr explicit PlacedFields(const F&... fields) : PlacedField<I, F>{fields}... {}
};

template <class... F>
struct FieldTuple : PlacedFields<std::index_sequence_for<F...>, F...> {
  static constexpr std::size_t size = sizeof...(F);

  constexpr explicit FieldTuple(const F&... fields) : PlacedFields<std::index_sequence_for<F...>, F...>(fields...) {}

  template <std::size_t I>
  constexpr const auto& get() const {
    return at<I>(*this);
  }

  /// Calls f(field...) with all fields.
  template <class Function>
  constexpr decltype(auto) apply(Function&& f) const {
    return apply(f, std::index_sequence_for<F...>{});
  }

 private:
  template <std::size_t I, class Each>
  static constexpr const Each& at(const PlacedField<I, Each>& place) {
    return place.field;
  }
  template <class Function, std::size_t... I>
  constexpr decltype(auto) apply(Function&& f, std::index_sequence<I...>) const {
    return f(at<I>(*this)...);
  }
};

/// The fields of several tuples, one tuple after the other.
template <class... A>
constexpr FieldTuple<A...> appendedFields(const FieldTuple<A...>& fields) {
  return fields;
}
template <class... A, class... B, class... More>
constexpr auto appendedFields(const FieldTuple<A...>& first, const FieldTuple<B...>& second, const More&... more) {
  const auto both = first.apply(
      [&](const A&... a) { return second.apply([&](const B&... b) { return FieldTuple<A..., B...>(a..., b...); }); });
  return appendedFields(both, more...);
}

}  // namespace nonconvex

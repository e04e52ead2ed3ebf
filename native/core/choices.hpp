// Settings that belong to a choice: users give them with it, method: adam({ beta2: 0.99 }), penalty: mcp({ gamma: 3 }).
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fields.hpp"

namespace nonconvex {

/// A name that a setting may have, such as `adam` of `method`, and the settings that are read with it. The struct of a
/// solver's settings lists the names that read settings of their own with `static std::vector<Choice> choices()`.
struct Choice {
  std::string_view setting;
  std::string_view name;
  std::vector<std::string_view> settings;
};

template <HasFields T, std::size_t... I>
constexpr auto fieldNamesFrom(std::index_sequence<I...>) {
  constexpr auto fields = T::fields();
  return std::array<std::string_view, sizeof...(I)>{fields.template get<I>().name...};
}

/// The names of the fields of a struct.
template <HasFields T>
inline constexpr auto fieldNames = fieldNamesFrom<T>(std::make_index_sequence<decltype(T::fields())::size>{});

/// A choice that reads the settings of these lists.
Choice choiceOf(std::string_view setting, std::string_view name,
                std::initializer_list<std::span<const std::string_view>> lists);

/// A choice that reads the settings of these groups, which are structs with fields.
template <HasFields... Groups>
Choice choice(std::string_view setting, std::string_view name) {
  return choiceOf(setting, name, {fieldNames<Groups>...});
}

}  // namespace nonconvex

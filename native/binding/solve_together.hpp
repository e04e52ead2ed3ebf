// Solves that all ranks run together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/communicator.hpp"
#include "core/fields.hpp"

namespace nonconvex {

/// A number for settings, which are to be the same on all ranks but for what each is allowed to use.
template <class Settings>
std::uint64_t fingerprintOf(const Settings& settings) {
  std::uint64_t hash = fingerprint(std::string_view());
  forEachField<Settings>([&](const auto& field) {
    if (field.name == "timeLimit" || field.name == "threads") return;
    const double value = static_cast<double>(settings.*field.member);
    hash = fingerprint({&value, 1}, hash);
  });
  return hash;
}

/// A solve of all ranks: solve(monitor), on a monitor that ends when they have agreed on that, gives back its answer,
/// which is compared. What it throws is said to the others.
void solveTogether(std::shared_ptr<Ranks::Turn> turn, Monitor& wishes, std::uint64_t fingerprint,
                   const std::function<std::vector<double>(Monitor&)>& solve);

}  // namespace nonconvex

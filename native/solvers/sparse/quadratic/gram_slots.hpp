// The part of a quadratic's matrix that sweeps read.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/views.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// A copy of G with some places alone, each in a slot, so that a sweep reads memory in a row.
class GramSlots {
 public:
  /// Gives slots to these places, whose G the form has, and takes those of others away.
  void choose(const QuadraticForm& form, std::span<const int> places);
  void clear();
  int count() const { return static_cast<int>(places_.size()); }
  int slotOf(int place) const { return slots_[at(place)]; }
  int place(int slot) const { return places_[at(slot)]; }
  /// Column of G, with an entry for each slot.
  const double* column(int slot) const { return gram_.column(slot); }

 private:
  void giveUp(std::span<const int> places);
  void copy(const QuadraticForm& form, int first);

  HostMatrix<double> gram_;
  std::vector<int> places_;  ///< places of slots
  std::vector<int> slots_;   ///< slots of places, or -1
  std::vector<char> wanted_;
};

}  // namespace nonconvex

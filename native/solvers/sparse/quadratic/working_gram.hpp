// A copy of the part of a Gram matrix that has the places in use now.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// The rows and columns of G at the places in use, each in a slot. Columns stay where they are while their places are
/// in use, so that only new ones are copied.
class WorkingGram {
 public:
  /// Gives slots to these places, and takes them from all others; columns of G are there.
  void gather(const QuadraticForm& form, std::span<const int> places);
  void clear();
  int size() const { return static_cast<int>(places_.size()); }
  int place(int slot) const { return places_[at(slot)]; }
  int slot(int place) const { return slotOf_[at(place)]; }
  const double* column(int slot) const { return gram_.column(slot); }

 private:
  void giveUp(std::span<const int> places);
  void add(const QuadraticForm& form, int first);

  HostMatrix<double> gram_;
  std::vector<int> places_, slotOf_;
  std::vector<char> wanted_;  ///< places that are to have a slot
};

}  // namespace nonconvex

// Rows of coefficients, kept with the node that they multiply while a plan is made.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

struct Coefficient {
  int row;
  int entry;  // the entry of the node that this coefficient belongs to
  double value;
};

/// Lists of coefficients, one a node, in one pool.
class CoefficientLists {
 public:
  explicit CoefficientLists(int nodes) : first_(at(nodes), -1) {}

  bool empty(int node) const { return first_[at(node)] < 0; }
  void add(int node, const Coefficient& c) {
    int place = free_;
    if (place >= 0) {
      free_ = link(place).next;
    } else {
      if (size_ == std::numeric_limits<int>::max()) {
        throw Error(ErrorKind::range, "the model has too many linear terms");
      }
      place = size_++;
      const Place of(place);
      if (of.offset == 0) parts_[of.part].reset(new Link[firstPart << of.part]);
    }
    link(place) = {c, first_[at(node)]};
    first_[at(node)] = place;
  }
  /// Moves a node's list to `to`, sorted, and coefficients of the same row and entry as one.
  void take(int node, std::vector<Coefficient>& to) {
    to.clear();
    int last = -1;
    for (int k = first_[at(node)]; k >= 0; k = link(k).next) {
      to.push_back(link(k).coefficient);
      last = k;
    }
    if (last >= 0) {
      link(last).next = free_;
      free_ = std::exchange(first_[at(node)], -1);
    }
    if (to.size() < 2) return;
    std::reverse(to.begin(), to.end());
    const auto before = [](const Coefficient& x, const Coefficient& y) {
      return x.row != y.row ? x.row < y.row : x.entry < y.entry;
    };
    if (!std::is_sorted(to.begin(), to.end(), before)) std::stable_sort(to.begin(), to.end(), before);
    std::size_t kept = 0;
    for (std::size_t k = 1; k < to.size(); ++k) {
      if (to[k].row == to[kept].row && to[k].entry == to[kept].entry) {
        to[kept].value += to[k].value;
      } else {
        to[++kept] = to[k];
      }
    }
    to.resize(kept + 1);
  }
  template <class F>
  void forEach(int node, F&& f) const {
    for (int k = first_[at(node)]; k >= 0; k = link(k).next) f(link(k).coefficient);
  }

 private:
  struct Link {
    Coefficient coefficient;
    int next;
  };
  // The pool is in parts of twice the size each, so that it grows without a copy, during which no abort would be
  // noticed.
  static constexpr std::size_t firstPart = 64;
  struct Place {
    std::size_t part, offset;
    explicit Place(int place) {
      const std::size_t beyond = at(place) + firstPart;
      part = static_cast<std::size_t>(std::bit_width(beyond / firstPart)) - 1;
      offset = beyond - (firstPart << part);
    }
  };
  Link& link(int place) const {
    const Place of(place);
    return parts_[of.part][of.offset];
  }

  std::array<std::unique_ptr<Link[]>, 26> parts_;  // enough parts for as many links as an int counts
  int size_ = 0;                                   // links that were given out
  std::vector<int> first_;                         // -1: none
  int free_ = -1;
};

}  // namespace nonconvex

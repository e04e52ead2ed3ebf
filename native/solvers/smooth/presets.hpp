// The table of methods: each is a name for one choice from every list of pieces.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/fields.hpp"

namespace nonconvex {

/// One row of the table, by names of pieces (estimators.hpp and the files beside it).
struct SumPreset {
  std::string_view name;
  std::string_view estimator, clipping, coupling, momentum, geometry, step, averaging;
  double stepSize = 0;  ///< unless it is given; 0: the method needs none
  std::string_view schedule = "constant";
};

inline constexpr std::array sumPresets = {
    //          name           estimator  clipping          coupling     momentum    geometry       step       averaging
    SumPreset{"adog", "batch", "none", "triangle", "none", "l2", "dog", "weights"},
    SumPreset{"dog", "batch", "none", "plain", "none", "l2", "dog", "polynomial"},
    SumPreset{"ldog", "batch", "none", "plain", "none", "l2", "dogOfVariables", "polynomial"},
    SumPreset{"adam", "batch", "none", "plain", "average", "rms", "constant", "last", 0.001, "linear"},
    SumPreset{"amsgrad", "batch", "none", "plain", "average", "max", "constant", "last", 0.001, "linear"},
    SumPreset{"adaMomentum", "batch", "none", "plain", "average", "ofMomentum", "constant", "last", 0.001, "linear"},
    SumPreset{"rmsprop", "batch", "none", "plain", "none", "rms", "constant", "last", 0.001, "linear"},
    SumPreset{"prodigy", "batch", "none", "plain", "average", "rms", "prodigy", "last", 1, "linear"},
    SumPreset{"optAmsgrad", "batch", "none", "lookAhead", "average", "centred", "constant", "last", 0.001, "linear"},
    SumPreset{"sgdm", "batch", "none", "plain", "velocity", "l2", "factor", "last", 0.1, "linear"},
    SumPreset{"o2nc", "batch", "none", "between", "none", "l2", "constant", "blocks", 0.01, "constant"},
    SumPreset{"normalized", "full", "none", "plain", "none", "normalized", "constant", "last", 0.01, "constant"},
    SumPreset{"spider", "spider", "none", "plain", "none", "normalized", "constant", "last", 0.01, "constant"},
    SumPreset{"qagd", "full", "none", "searched", "none", "l2", "smoothness", "last"},
    SumPreset{"qasgd", "batch", "none", "searchedNoisy", "none", "l2", "quasarNoise", "last"},
    SumPreset{"muon", "batch", "none", "plain", "average", "spectral", "constant", "last", 0.02, "linear"},
    SumPreset{"signSgd", "batch", "none", "plain", "average", "sign", "constant", "last", 0.001, "wsd"},
    SumPreset{"normSteepest", "batch", "none", "plain", "average", "norms", "constant", "last", 0.001, "wsd"},
    SumPreset{"lion", "batch", "none", "plain", "mixed", "sign", "constant", "last", 0.0003, "wsd"},
    SumPreset{"oasis", "batch", "none", "plain", "none", "hutchinson", "curvature", "last"},
    SumPreset{"sania", "batch", "none", "plain", "none", "squares", "polyak", "last"},
    SumPreset{"sophia", "batch", "none", "plain", "average", "clippedCurvature", "constant", "last", 0.001, "wsd"},
    SumPreset{"dpSgd", "batch", "clipRows", "plain", "none", "l2", "constant", "last", 0.5, "constant"},
    SumPreset{"clippedSgd", "batch", "clipNorm", "plain", "none", "l2", "constant", "last", 0.1, "constant"},
    SumPreset{"clippedSstm", "batch", "clipGrowing", "similarTriangles", "none", "l2", "constant", "last", 0.01,
              "constant"},
    SumPreset{"cyclicBcd", "full", "none", "blocks", "none", "l2", "smoothness", "last"},
    SumPreset{"svrg", "svrg", "none", "plain", "none", "l2", "constant", "last", 0.1, "constant"},
    SumPreset{"armijo", "batch", "none", "plain", "none", "l2", "armijo", "last"},
    SumPreset{"twoPoint", "twoPoint", "none", "plain", "none", "l2", "dog", "polynomial"},
};

/// Returns true if the steps of a method are private.
constexpr bool isPrivate(const SumPreset& row) { return row.clipping == "clipRows"; }

/// A method by its place in the table, behind 'auto'.
enum class SumMethod {};

constexpr auto names(SumMethod) {
  std::array<std::string_view, sumPresets.size() + 1> all{"auto"};
  for (std::size_t k = 0; k < sumPresets.size(); ++k) all[k + 1] = sumPresets[k].name;
  return all;
}

/// The row of a method; 'auto' takes the first.
constexpr const SumPreset& presetOf(SumMethod method) {
  const auto place = static_cast<std::size_t>(method);
  return sumPresets[place == 0 ? 0 : place - 1];
}

}  // namespace nonconvex

// Reads and makes the terms of a ratio: the list of their classes.
#pragma once

#include <memory>

#include "solvers/fractional/term.hpp"

namespace nonconvex {

/// Reads a term by its class; that of a numerator is not always a SmoothTerm. Throws what names the term, the value and
/// what was expected.
void readNumerator(TermReader& in);
void readDenominator(TermReader& in);

std::unique_ptr<SmoothTerm> makeSmoothTerm(const FractionalTermData& data);
std::unique_ptr<DenominatorTerm> makeDenominator(const FractionalTermData& data, int n);

}  // namespace nonconvex

// Any bytes as an .nl file: read, evaluated, written and read again, or refused by an error of the library.
#include <cstdint>

#include "core/error.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "fuzz/evaluate.hpp"

using namespace nonconvex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const NlModel model =
        parseNl({reinterpret_cast<const char*>(data), size}, "fuzzed.nl", {.objective = 1, .relaxIntegers = true});
    if (!fuzz::small(model.graph)) return 0;
    fuzz::evaluate(model.graph, model.start);
    const NlData beside{.start = model.start, .lower = model.variableLower, .upper = model.variableUpper};
    parseNl(nlText(model.graph, beside), "written.nl");
  } catch (const Error&) {
  }
  return 0;
}

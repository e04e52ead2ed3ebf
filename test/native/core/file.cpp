// What files say, in lines and words.
#include "core/file.hpp"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "check.hpp"

namespace {

using namespace nonconvex;
using Texts = std::vector<std::string>;

/// A file with a text, gone at its end.
class Written {
 public:
  explicit Written(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "nonconvex-test-core-file").string()) {
    const File file = openFile(path_, "wb");
    CHECK_EQ(std::fwrite(text.data(), 1, text.size(), file.get()), text.size());
  }
  ~Written() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(linesOfAFileAreWhatIsBetweenTheirEnds) {
  CHECK(linesOf(Written("one\n\n three").path()) == (Texts{"one", "", " three"}));
  CHECK(linesOf(Written("one\ntwo\n").path()) == (Texts{"one", "two"}));
  CHECK(linesOf(Written("one\ntwo\n").path(), 1) == Texts{"one"});
  CHECK(linesOf(Written("").path()).empty());
  const std::string longer(10000, 'x');  // than what is read at a time
  CHECK(linesOf(Written(longer + "\n" + longer).path()) == (Texts{longer, longer}));
}

TEST(wordsOfAFileAreWhatIsBetweenWhiteSpace) {
  CHECK(wordsOf(Written(" MemFree:  12 kB\r\n\n\tlast").path()) == (Texts{"MemFree:", "12", "kB", "last"}));
  CHECK(wordsOf(Written(" \n ").path()).empty());
}

TEST(whatIsNotThereSaysNothing) {
  CHECK(openFile("/no/such/file", "rb") == nullptr);
  CHECK(linesOf("/no/such/file").empty());
  CHECK(!isFolder("/no/such/file"));
  CHECK(isFolder("."));
  CHECK(linesOf(".").empty());
}

TEST(aWordIsAnIntegerOrTheFallback) {
  CHECK_EQ(integerOr(7, "100000"), 100000.0);
  CHECK_EQ(integerOr(7, "-1"), -1.0);
  CHECK_EQ(integerOr(7, "9223372036854771712"), 9223372036854771712.0);
  for (const char* word : {"max", "", "12kB", "1.5", "99999999999999999999"}) CHECK_EQ(integerOr(7, word), 7.0);
}

}  // namespace

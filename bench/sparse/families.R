# glmnet for bench/sparse/families.bench.ts: reads a line of JSON, answers with one; only the call itself is timed.
suppressPackageStartupMessages({
  library(glmnet)
  library(Matrix)
  library(jsonlite)
})

cat(toJSON(list(version = as.character(packageVersion("glmnet"))), auto_unbox = TRUE), "\n", sep = "")
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  ask <- fromJSON(line)
  numbers <- function(name) {
    path <- file.path(ask$path, paste0(name, ".bin"))
    readBin(path, "double", n = file.size(path) / 8, size = 8, endian = "little")
  }
  x <- if (isTRUE(ask$sparse)) {
    new("dgCMatrix",
      i = as.integer(numbers("indices")), p = as.integer(numbers("offsets")), x = numbers("values"),
      Dim = c(ask$rows, ask$columns)
    )
  } else {
    matrix(numbers("x"), ask$rows, ask$columns, byrow = TRUE)
  }
  y <- if (ask$family == "cox") survival::Surv(numbers("y"), numbers("event")) else factor(numbers("y"))
  begin <- proc.time()
  fit <- glmnet(x, y, family = ask$family, lambda = numbers("lambdas"), standardize = FALSE, thresh = ask$thresh, maxit = 1e7)
  used <- proc.time() - begin
  sizes <- if (is.list(fit$beta)) Reduce(`+`, lapply(fit$beta, function(b) colSums(abs(b)))) else colSums(abs(fit$beta))
  answer <- list(
    seconds = used[["user.self"]] + used[["sys.self"]], deviances = (1 - fit$dev.ratio) * fit$nulldev, sizes = unname(sizes)
  )
  cat(toJSON(answer, digits = NA), "\n", sep = "")
  flush(stdout())
}

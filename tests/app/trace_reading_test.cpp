// Trace files in the window: read while they are shown.
#include <sqlite3.h>

#include "engine/trace_io/moetrace_writer.h"
#include "tests/app/window_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

class TraceReadingTest : public WindowTest {
  protected:
    std::filesystem::path write_trace(const char* name, std::size_t n_tokens, std::size_t n_layers = 4) {
        const std::filesystem::path path = folder_.path() / name;
        const TraceModelInfo model{.name = name,
                                   .family = "test",
                                   .config_json = "{}",
                                   .fingerprint = "",
                                   .shape = test::make_shape(n_layers, 16, 2)};
        auto writer = MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, model, {}).value();
        const RunId run =
            writer
                ->begin_run(
                    {.parent = {}, .name = name, .prompt = "", .params_json = "{}", .build_json = "{}"})
                .value();
        writer->append_tokens(run, 0, test::random_tokens(1, 0, n_tokens, 4)).value();
        writer
            ->append_chunk(
                run, std::make_shared<const TraceChunk>(test::random_chunk(1, model.shape, 0, n_tokens)))
            .value();
        writer->set_status(run, RunStatus::Complete).value();
        writer->close().value();
        return path;
    }

    /// The last chunk of experts names ones that do not exist.
    static void damage(const std::filesystem::path& path) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(
                      database,
                      "UPDATE chunk SET data = CAST(printf('%.*c', length(data), 'Z') AS BLOB) WHERE pos0 = "
                      "(SELECT max(pos0) FROM chunk) AND trace_column = 1",
                      nullptr, nullptr, nullptr),
                  SQLITE_OK);
        sqlite3_close(database);
    }

    void open(const std::filesystem::path& path) {
        controller().open_file(path);
        ASSERT_TRUE(settle());
    }
    std::string shown_name() {
        return state().shown_run() == nullptr ? "" : state().shown_run()->name.toStdString();
    }
};

TEST_F(TraceReadingTest, ARunGrowsInThePictureUntilItIsThere) {
    const std::filesystem::path path = write_trace("long.moetrace", 20'000);
    std::vector<std::size_t> seen;
    QObject::connect(&controller(), &AppController::changed, [&] {
        if (!state().shows_trace()) return;
        seen.push_back(n_tokens());
        if (state().shown_run()->is_partly_read) {
            EXPECT_GT(state().busy.share, 0) << "it says how far it is";
        }
    });
    open(path);
    EXPECT_EQ(n_tokens(), 20'000u);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_TRUE(state().busy.text.isEmpty());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(TraceReadingTest, NGoesToTheNextSpikeThatTheFoldedMeanHides) {
    open(write_trace("spikes.moetrace", 6'000));
    const auto before = state().selection;
    press(Qt::Key_N);
    EXPECT_EQ(state().selection, before) << "nothing is folded";
    PictureOptions options = window_->picture()->options();
    options.fold = render::Fold::Mean;
    window_->picture()->set_options(options);
    window_->picture()->zoom_rows(-20);
    ASSERT_TRUE(settle());
    std::vector<render::CellRef> cells;
    for (int i = 0; i < 3; ++i) {
        press(Qt::Key_N);
        ASSERT_TRUE(settle());
        cells.push_back(state().selection);
        const render::CellRef& cell = cells.back();
        ASSERT_TRUE(cell.token && cell.layer && cell.expert);
        const TraceSnapshot& trace = state().shown_run()->snapshot;
        const auto experts = trace.experts(*cell.token, *cell.layer);
        const auto slot = std::ranges::find(experts, *cell.expert) - experts.begin();
        EXPECT_GT(trace.weights(*cell.token, *cell.layer)[static_cast<std::size_t>(slot)], 0.88f);
    }
    EXPECT_NE(cells[0], cells[1]);
    EXPECT_NE(cells[1], cells[2]);
    press(Qt::Key_N, Qt::ShiftModifier);
    EXPECT_EQ(state().selection, cells[1]);
}

TEST_F(TraceReadingTest, ExpertsAreSortedByTheWholeRunNotByItsBeginning) {
    PictureOptions options = window_->picture()->options();
    options.arrangement.sort = render::ExpertSort::ByLoad;
    window_->picture()->set_options(options);
    open(write_trace("long.moetrace", 20'000));
    const QImage picture = window_->picture()->picture();
    window_->picture()->arrange_again();
    ASSERT_TRUE(settle());
    EXPECT_EQ(window_->picture()->picture(), picture) << "it was sorted already";
}

TEST_F(TraceReadingTest, ADamagedFileGivesBackWhatWasThere) {
    open(write_trace("good.moetrace", 300));
    controller().select_token(123);
    const std::filesystem::path bad = write_trace("bad.moetrace", 20'000);
    damage(bad);
    open(bad);
    ASSERT_EQ(failures_.size(), 1u);
    EXPECT_TRUE(failures_[0].title.contains("bad.moetrace")) << failures_[0].title.toStdString();
    EXPECT_EQ(shown_name(), "good.moetrace");
    EXPECT_EQ(state().trace_path.filename(), "good.moetrace");
    EXPECT_EQ(n_tokens(), 300u);
    EXPECT_EQ(state().selection.token, 123u);
    EXPECT_EQ(state().runs.size(), 1u);
}

TEST_F(TraceReadingTest, ADamagedFirstFileLeavesTheStartPage) {
    const std::filesystem::path bad = write_trace("bad.moetrace", 5'000);
    damage(bad);
    open(bad);
    EXPECT_EQ(failures_.size(), 1u);
    EXPECT_EQ(state().shown_run(), nullptr);
    EXPECT_TRUE(state().runs.empty());
    EXPECT_TRUE(state().trace_path.empty());
}

TEST_F(TraceReadingTest, CancellingGivesBackWhatWasThere) {
    open(write_trace("good.moetrace", 300));
    controller().open_file(write_trace("long.moetrace", 50'000));
    ASSERT_TRUE(wait_for([&] { return shown_name() == "long.moetrace" || controller().is_idle(); }));
    controller().cancel();
    ASSERT_TRUE(settle());
    // On a quick machine it was all there before.
    const bool was_read = shown_name() == "long.moetrace" && n_tokens() == 50'000;
    EXPECT_TRUE(was_read || (shown_name() == "good.moetrace" && n_tokens() == 300)) << shown_name();
    EXPECT_TRUE(state().busy.text.isEmpty());
    EXPECT_TRUE(failures_.empty());
}

TEST_F(TraceReadingTest, AnotherFileTakesThePlaceOfOneThatIsBeingRead) {
    const std::filesystem::path a = write_trace("a.moetrace", 50'000);
    const std::filesystem::path b = write_trace("b.moetrace", 500, 3);
    controller().open_file(a);
    ASSERT_TRUE(wait_for([&] { return state().shows_trace(); }));
    open(b);
    EXPECT_EQ(shown_name(), "b.moetrace");
    EXPECT_EQ(n_tokens(), 500u);
    EXPECT_EQ(state().runs.size(), 1u);
}

TEST_F(TraceReadingTest, TheWindowClosesWhileAFileIsRead) {
    controller().open_file(write_trace("long.moetrace", 50'000));
    ASSERT_TRUE(wait_for([&] { return state().shows_trace(); }));
    window_.reset();  // waits for the reader, which stops
}

}  // namespace
}  // namespace moe::app

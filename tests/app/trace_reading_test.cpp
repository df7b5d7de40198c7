// Trace files in the window: read while they are shown.
#include <sqlite3.h>

#include "engine/trace_io/import_run.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/write_trace.h"
#include "tests/app/window_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

class TraceReadingTest : public WindowTest {
  protected:
    /// Each of `n_runs` runs is named after the file and its number, the first one after the file alone.
    std::filesystem::path write_trace(const char* name, std::size_t n_tokens, std::size_t n_layers = 4,
                                      std::size_t n_runs = 1) {
        const std::filesystem::path path = folder_.path() / name;
        const TraceModelInfo model{.name = name,
                                   .family = "test",
                                   .config_json = "{}",
                                   .fingerprint = "",
                                   .shape = test::make_shape(n_layers, 16, 2)};
        auto writer = MoetraceWriter::create(path, MoetraceWriter::IfExists::Refuse, model, {}).value();
        for (std::size_t index = 0; index < n_runs; ++index) {
            const std::string run_name = index == 0 ? name : name + std::to_string(index + 1);
            const RunId run =
                writer
                    ->begin_run(
                        {.parent = {}, .name = run_name, .prompt = "", .params_json = "{}", .build_json = "{}"})
                    .value();
            writer->append_tokens(run, 0, test::random_tokens(index + 1, 0, n_tokens, 4)).value();
            writer
                ->append_chunk(run, std::make_shared<const TraceChunk>(
                                        test::random_chunk(index + 1, model.shape, 0, n_tokens)))
                .value();
            writer->set_status(run, RunStatus::Complete).value();
        }
        writer->close().value();
        return path;
    }

    /// The last chunk of experts of the last run names ones that do not exist.
    static void damage(const std::filesystem::path& path) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(
                      database,
                      "UPDATE chunk SET data = CAST(printf('%.*c', length(data), 'Z') AS BLOB) WHERE pos0 = "
                      "(SELECT max(pos0) FROM chunk) AND run = (SELECT max(run) FROM chunk) AND trace_column = (SELECT max(id) "
                      "FROM trace_column WHERE name = 'experts')",
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

TEST_F(TraceReadingTest, AnotherTraceIsShownFromWhereItsCursorStands) {
    open(write_trace("first.moetrace", 3'000));
    window_->picture()->scroll_to_token(2'000);
    ASSERT_TRUE(settle());
    open(write_trace("second.moetrace", 3'000));
    EXPECT_EQ(state().selection.token, std::size_t{0});
    ASSERT_TRUE(wait_for([this] {
        const auto visible = window_->picture()->visible_tokens();
        return visible && visible->first == 0;
    }));
    window_->picture()->scroll_to_token(2'000);
    ASSERT_TRUE(settle());
    controller().select({.token = {}, .layer = 1, .expert = {}});
    ASSERT_TRUE(settle());
    EXPECT_GT(window_->picture()->visible_tokens()->first, 0u) << "only once";
}

TEST_F(TraceReadingTest, ARenamedRunIsRenamedInItsFile) {
    const std::filesystem::path path = write_trace("named.moetrace", 100, 4, 2);
    open(path);
    const auto name_in_file = [&](std::size_t run) { return MoetraceReader::open(path).value()->runs()[run].name; };
    const RunKey second{.source = RunKey::Source::Trace, .id = 2};
    controller().rename_run(second, QStringLiteral("fox"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(name_in_file(0), "named.moetrace");
    EXPECT_EQ(name_in_file(1), "fox");
    controller().rename_run(second, QStringLiteral("as before"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(name_in_file(1), "as before");
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

TEST_F(TraceReadingTest, CompareReadsTheOtherRunWithoutShowingIt) {
    const std::filesystem::path path = write_trace("two.moetrace", 900, 4, 2);
    open(path);
    ASSERT_EQ(state().runs.size(), 2u);
    EXPECT_EQ(state().runs.rbegin()->second.store, nullptr) << "nobody looks at Compare";
    ASSERT_TRUE(window_->run_command("Show comparison"));
    ASSERT_TRUE(wait_for([&] { return window_->is_settled() && window_->compare_dock()->comparison().n_tokens_a > 0; }));
    EXPECT_EQ(shown_name(), "two.moetrace");
    const auto reader = MoetraceReader::open(path).value();
    const CompareDock& dock = *window_->compare_dock();
    const auto trace_of = [&](const ComparedRun* run) { return reader->read_run(run->key.id).value()->snapshot(); };
    const RunComparison expected = compare_runs(trace_of(dock.run_a()), trace_of(dock.run_b()));
    const RunComparison& found = dock.comparison();
    EXPECT_EQ(found.n_slots_different, expected.n_slots_different);
    EXPECT_EQ(found.n_differences, expected.n_differences);
    EXPECT_TRUE(failures_.empty());
}

TEST_F(TraceReadingTest, ARunThatCannotBeReadIsMarkedInCompareAndTheShownOneStays) {
    const std::filesystem::path path = write_trace("two.moetrace", 900, 4, 2);
    damage(path);
    open(path);
    ASSERT_TRUE(failures_.empty());
    ASSERT_TRUE(window_->run_command("Show comparison"));
    const auto is_marked = [&] { return !state().runs.rbegin()->second.unreadable.isEmpty(); };
    ASSERT_TRUE(wait_for([&] { return window_->is_settled() && is_marked(); }));
    const StepNote* note = window_->compare_dock()->note();
    EXPECT_TRUE(note->model().text.contains("two.moetrace2 cannot be read")) << note->model().text.toStdString();
    EXPECT_TRUE(note->model().text.contains("chose expert 90 of 16")) << "the reason: " << note->model().text.toStdString();
    EXPECT_EQ(note->model().step, "Try again");
    EXPECT_EQ(shown_name(), "two.moetrace");
    EXPECT_EQ(n_tokens(), 900u);
    EXPECT_TRUE(failures_.empty()) << "no banner over what is shown";
    note->button()->click();
    EXPECT_FALSE(is_marked()) << "it is read again";
    ASSERT_TRUE(wait_for([&] { return window_->is_settled() && is_marked(); }));
}

TEST_F(TraceReadingTest, EscStopsTheReadingBesideUntilTheUserAsksAgain) {
    open(write_trace("two.moetrace", 20'000, 4, 2));
    controller().read_beside(RunKey{.source = RunKey::Source::Trace, .id = 2});
    ASSERT_TRUE(state().beside.run.has_value());
    press(Qt::Key_Escape);
    EXPECT_FALSE(state().beside.run.has_value());
    ASSERT_TRUE(settle());
    window_->commands().action(CommandId::ShowCompare)->trigger();
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().runs.rbegin()->second.store, nullptr);
    const StepNote* note = window_->compare_dock()->note();
    EXPECT_EQ(note->model().text, "two.moetrace2 was not read to its end");
    ASSERT_EQ(note->model().step, "Read");
    note->button()->click();
    EXPECT_TRUE(state().beside.run.has_value());
    ASSERT_TRUE(wait_for([&] { return window_->is_settled() && window_->compare_dock()->comparison().n_tokens_a > 0; }));
    EXPECT_EQ(window_->compare_dock()->comparison().n_tokens_b, 20'000u);
    EXPECT_TRUE(failures_.empty());
}

TEST_F(TraceReadingTest, AnotherFileEndsTheReadingBesideIt) {
    open(write_trace("two.moetrace", 20'000, 4, 2));
    controller().read_beside(RunKey{.source = RunKey::Source::Trace, .id = 2});
    EXPECT_TRUE(state().beside.run.has_value());
    open(write_trace("other.moetrace", 500, 3, 2));
    EXPECT_FALSE(state().beside.run.has_value());
    EXPECT_EQ(state().runs.rbegin()->second.store, nullptr);
    controller().read_beside(RunKey{.source = RunKey::Source::Trace, .id = 2});
    controller().remove_run({.source = RunKey::Source::Trace, .id = 2});
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().runs.size(), 1u);
    controller().read_beside(RunKey{.source = RunKey::Source::Trace, .id = 7});
    EXPECT_FALSE(state().beside.run.has_value()) << "there is none";
}

TEST_F(TraceReadingTest, ShowingTheRunThatIsReadBesideTakesItsPlace) {
    open(write_trace("two.moetrace", 20'000, 4, 2));
    const RunKey second{.source = RunKey::Source::Trace, .id = 2};
    controller().read_beside(second);
    controller().show_run(second);
    ASSERT_TRUE(settle());
    EXPECT_EQ(state().shown, second);
    EXPECT_EQ(n_tokens(), 20'000u);
    EXPECT_FALSE(state().shown_run()->is_partly_read);
}

TEST_F(TraceReadingTest, SaysWhereAnImportedRunIsFrom) {
    const std::string reply = R"("choices": [{"token_ids": [7], "prompt_token_ids": [5, 6],
        "routed_experts": [[[0, 0], [3, 1]], [[0, 0], [2, 0]]]}]})";
    const auto summary_of = [&](const std::string& json) {
        const Result<RunSource> run = import_run(write_file("reply.json", json), {.n_experts = 4, .n_layers = {}, .top_k = {}});
        const std::filesystem::path path = folder_.path() / "reply.moetrace";
        EXPECT_TRUE(run && write_moetrace(path, *run));
        open(path);
        return model_summary(state()).toStdString();
    };
    EXPECT_EQ(summary_of("{" + reply), "reply.moetrace, imported, 1 layers × 4 experts, top-2");
    EXPECT_EQ(summary_of(R"({"model": "maker/some-moe", )" + reply),
              "reply.moetrace, imported, made by maker/some-moe, 1 layers × 4 experts, top-2");
}

TEST_F(TraceReadingTest, TheWindowClosesWhileAFileIsRead) {
    controller().open_file(write_trace("long.moetrace", 50'000));
    ASSERT_TRUE(wait_for([&] { return state().shows_trace(); }));
    window_.reset();  // waits for the reader, which stops
}

}  // namespace
}  // namespace moe::app

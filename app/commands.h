/* SPDX-License-Identifier: Apache-2.0 */
/* Every command, each from the file of its name. */
#pragma once

#include "app/command.h"

G_BEGIN_DECLS

extern const CliCommand cli_demo_command;
extern const CliCommand cli_data_inspect_command;
extern const CliCommand cli_data_sample_command;
extern const CliCommand cli_data_pack_command;
extern const CliCommand cli_run_command;
extern const CliCommand cli_resume_command;
extern const CliCommand cli_pause_command;
extern const CliCommand cli_change_command;
extern const CliCommand cli_stop_command;
extern const CliCommand cli_runs_list_command;
extern const CliCommand cli_runs_show_command;
extern const CliCommand cli_runs_csv_command;
extern const CliCommand cli_runs_rm_command;
extern const CliCommand cli_eval_command;
extern const CliCommand cli_predict_command;
extern const CliCommand cli_models_list_command;
extern const CliCommand cli_models_import_command;
extern const CliCommand cli_models_rm_command;
extern const CliCommand cli_export_command;
extern const CliCommand cli_bench_command;
extern const CliCommand cli_compare_command;
extern const CliCommand cli_doctor_command;
extern const CliCommand cli_help_command;

G_END_DECLS

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every fault that was thought of, from end to end: both vendors' stand-ins, the engine, a ledger and files on a disk."""

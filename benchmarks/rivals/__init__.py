# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The same delivery through other tools, each in its own environment and as its documentation has it written."""

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Wire tests of the vendors' stand-ins, written from the contracts."""

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One run of a sync: it knows ports, never a vendor."""

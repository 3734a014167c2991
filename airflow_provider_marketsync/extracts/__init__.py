# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Write-once files of records that a fetch task writes and an upsert task reads."""
